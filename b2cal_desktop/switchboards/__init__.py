"""Where diversions go."""
