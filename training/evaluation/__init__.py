"""How good results are: tables and pictures."""
