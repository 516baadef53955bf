"""Training the classifier of crops, which looks at a passage before it is judged."""
