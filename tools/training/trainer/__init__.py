"""Trains a policy or a step scorer on sealed data sets; docs/training.md is its contract."""
