"""What is in a file: media, its inside, its small pictures, and the store that keeps it."""
