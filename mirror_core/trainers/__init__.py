"""How models learn: one loop for all, one step a method."""
