# The light inference image: no torch, no compiler, and nothing that trains.
FROM python:3.12.11-slim-bookworm
# onnxruntime-gpu for an image that computes on CUDA.
ARG ONNXRUNTIME=onnxruntime
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 sqlite3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/fietsflow
COPY deploy/requirements.lock deploy/requirements.lock
# By version and checksum; `make lock` writes them.
RUN pip install --no-cache-dir --require-hashes --requirement deploy/requirements.lock
COPY pyproject.toml README.md LICENSE config.yaml ./
COPY pipeline pipeline
COPY simulation simulation
COPY tracking tracking
COPY anonymize anonymize
COPY flows flows
COPY web web
COPY reid/__init__.py reid/py.typed reid/
COPY reid/datasets reid/datasets
COPY reid/encoders reid/encoders
COPY reid/retrieval reid/retrieval
COPY reid/sampling reid/sampling
RUN pip install --no-cache-dir --no-deps . \
    && if [ "$ONNXRUNTIME" != onnxruntime ]; then \
         pip uninstall --yes onnxruntime && pip install --no-cache-dir "$ONNXRUNTIME"; \
       fi
RUN useradd --create-home --uid 1000 cyclist
USER cyclist
WORKDIR /site
ENTRYPOINT ["pipeline"]
CMD ["--help"]
