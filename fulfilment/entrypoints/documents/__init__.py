"""What a customer keeps of a purchase on paper."""
