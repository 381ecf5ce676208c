"""What hashchat costs, as ratios to the barest thing that could do the same, measured in the same run."""
