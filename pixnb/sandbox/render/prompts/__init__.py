"""What a prompt says: its words, the pictures they name, and what is left over."""
