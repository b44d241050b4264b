"""The pictures that a reader of the paper looks for, made from a trained model."""
