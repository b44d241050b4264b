"""Every number of each experiment, one file a method."""
