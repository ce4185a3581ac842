"""Finds out what a user lacks, and says the remedy."""
