"""What asks: letters to platforms, made of reviewed listings and the proof of them."""
