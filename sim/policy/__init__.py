"""What-if models: what a rule of the house does to records, to staff and to patients."""
