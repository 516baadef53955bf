# The light inference image: no torch, no compiler.
FROM python:3.12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 sqlite3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/fietsflow
COPY pyproject.toml README.md LICENSE config.yaml ./
COPY pipeline pipeline
COPY tracking tracking
COPY anonymize anonymize
COPY reid reid
COPY flows flows
RUN pip install --no-cache-dir ".[postgres]"
RUN useradd --create-home cyclist
USER cyclist
WORKDIR /site
ENTRYPOINT ["pipeline"]
CMD ["--help"]
