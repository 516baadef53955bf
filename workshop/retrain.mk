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
# Two stretches: first what takes one core, two at a time; then the detector, which takes all there are.
ONE := OMP_NUM_THREADS=1
# The C library hands every block of more than 32 MB back after each step, and a step begins by asking for it again:
# an eighth of a step of the detector on two cores, nothing for the classifier (python -m benchmarks.training_step).
export MALLOC_MMAP_THRESHOLD_ := 4294967296
export MALLOC_TRIM_THRESHOLD_ := 8589934592
export MALLOC_TOP_PAD_ := 268435456

# The card is written last: with it, a model is there and measured.
DETECTOR := $(OUT)/detector/cyclist_detector.json
CLASSIFIER := $(OUT)/classifier/rider_classifier.json
ENCODER := $(OUT)/encoder/cyclist_encoder.json
JUDGE := $(OUT)/judge/learnt.json

.DELETE_ON_ERROR:
.PHONY: all
all: $(CLASSIFIER) $(ENCODER) $(OUT)/detector/looked $(DETECTOR) $(JUDGE)

$(CLASSIFIER):
	$(ONE) $(BIN)/pipeline models train-classifier --data $(DATA) --output $(@D) $(SEEDED)

$(OUT)/first/painted:
	$(ONE) $(BIN)/python -m workshop.detector.paint --data $(DATA)/detection --output $(@D) $(SCALED)
	touch $@

# Behind the painting, so that both cores are busy for about as long: beside them go classifier and teachers.
$(ENCODER): | $(OUT)/first/painted
	$(ONE) $(BIN)/pipeline models train cyclist_encoder --data $(DATA)/reid --output $(@D) $(SEEDED) $(SCALED)

$(OUT)/first/cyclist_detector.json: | $(OUT)/first/painted $(CLASSIFIER) $(ENCODER) $(OUT)/detector/looked
	$(BIN)/pipeline models train cyclist_detector --data $(DATA)/detection --output $(@D) $(SEEDED) $(SCALED)

$(OUT)/lighter.onnx: $(OUT)/first/cyclist_detector.json
	$(BIN)/python -m workshop.detector.lighter $(<:.json=.onnx) $@ --data $(DATA)/detection --level --if-dead

LAST_STEPS := $(BIN)/pipeline adapt --description workshop/adaptation/shipped.yaml --data $(DATA)/detection \
  --no-cyclists $(DATA)/detection/london_jamcams --leave-out 2019-06-29 --leave-out ministrudels_7 \
  --teacher $(TEACHERS)/deimv2/deimv2_hgnetv2_femto_coco.onnx --teacher $(TEACHERS)/yolox_nano/yolox_nano.onnx

# While one core is left over.
$(OUT)/detector/looked: | $(CLASSIFIER)
	$(ONE) $(LAST_STEPS) --output $(@D) --threads 1 --look-only
	touch $@

$(DETECTOR): $(OUT)/lighter.onnx | $(OUT)/detector/looked
	$(LAST_STEPS) --output $(@D) --from $<

$(JUDGE): $(DETECTOR) $(CLASSIFIER)
	$(BIN)/python -m benchmarks.judge_looks $(@D)/looks --data $(DATA) --detector $(DETECTOR:.json=.onnx) \
	  --classifier $(CLASSIFIER:.json=.onnx) --worlds
	$(BIN)/python -m workshop.judge collect --work $(@D)/looks --table $(@D)/passages.csv
	$(BIN)/python -m workshop.judge learn --table $(@D)/passages.csv --output $@
