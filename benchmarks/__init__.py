"""Speed, measured as ratios to a bare baseline in the same run; never as a timed test."""
