"""The workshop: where the shipped models are trained and the papers' experiments are run.

Nothing of the product imports it; its commands join the command line by name.
"""
