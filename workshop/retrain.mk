# Everything that ships, trained anew by one command, on two cores:
#
#     make -j2 -f workshop/retrain.mk DATA=DIR OUT=FOLDER
#
# DIR holds the folders detection, reid, video and models/teachers that the pages of the models name; FOLDER gets the
# files and their cards. Interrupted, the same command goes on. Nothing in the package is changed: what was trained is
# measured first (docs/understand/models.md).
ifeq ($(and $(DATA),$(OUT)),)
$(error name both folders: make -j2 -f workshop/retrain.mk DATA=DIR OUT=FOLDER)
endif

BIN ?= .venv/bin
SEED ?=
SEEDED := $(if $(SEED),--seed $(SEED))
# reduced: a third of the steps, for processors without bf16 and to try things.
SCALE ?=
SCALED := $(if $(SCALE),--scale $(SCALE))
TEACHERS := $(DATA)/models/teachers
# One core for each of two trainings: together they use two better than one after the other.
export OMP_NUM_THREADS := 1

# The card is written last: with it, a model is there and measured.
DETECTOR := $(OUT)/detector/cyclist_detector.json
CLASSIFIER := $(OUT)/classifier/rider_classifier.json
ENCODER := $(OUT)/encoder/cyclist_encoder.json
JUDGE := $(OUT)/judge/learnt.json

.DELETE_ON_ERROR:
.PHONY: all
# In this order: the detector takes longest, and the judge waits for it.
all: $(DETECTOR) $(CLASSIFIER) $(ENCODER) $(JUDGE)

$(OUT)/first/cyclist_detector.json:
	$(BIN)/pipeline models train cyclist_detector --data $(DATA)/detection --output $(@D) $(SEEDED) $(SCALED)

$(OUT)/lighter.onnx: $(OUT)/first/cyclist_detector.json
	$(BIN)/python -m workshop.detector.lighter $(<:.json=.onnx) $@ --data $(DATA)/detection --level

$(DETECTOR): $(OUT)/lighter.onnx
	$(BIN)/pipeline adapt --description workshop/adaptation/shipped.yaml --data $(DATA)/detection \
	  --no-cyclists $(DATA)/detection/london_jamcams --leave-out 2019-06-29 --leave-out ministrudels_7 \
	  --teacher $(TEACHERS)/deimv2/deimv2_hgnetv2_femto_coco.onnx --teacher $(TEACHERS)/yolox_nano/yolox_nano.onnx \
	  --threads 1 --from $< --output $(@D)

$(CLASSIFIER):
	$(BIN)/pipeline models train-classifier --data $(DATA) --output $(@D) $(SEEDED)

$(ENCODER):
	$(BIN)/pipeline models train cyclist_encoder --data $(DATA)/reid --output $(@D) $(SEEDED) $(SCALED)

$(JUDGE): $(DETECTOR) $(CLASSIFIER)
	$(BIN)/python -m benchmarks.judge_looks $(@D)/looks --data $(DATA) --detector $(DETECTOR:.json=.onnx) \
	  --classifier $(CLASSIFIER:.json=.onnx) --worlds
	$(BIN)/python -m workshop.judge collect --work $(@D)/looks --table $(@D)/passages.csv
	$(BIN)/python -m workshop.judge learn --table $(@D)/passages.csv --output $@
