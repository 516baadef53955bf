"""Training of the detector that comes with the program: cyclists as one object, and pedestrians.

Nothing here is needed to detect: the trained network is exported to ONNX and read by
`tracking.detectors.onnx` as any other. Only this room of `tracking` imports torch when it is imported.

    images = read_folder(DatasetSettings(...), folder)          # boxes in YOLO format, by folder
    Trainer(network, batches, settings, folder).run()           # resumable
    precision = average_precision(found, images, label=0)       # AP50
    export_detector(network, path, ...)
"""
