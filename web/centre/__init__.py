"""Where a centre listens: one address that takes the batches of boxes, and nothing that tells anything."""
