"""Pictures of 569 emoji, for the sandbox's scenes and for words in pictures."""
