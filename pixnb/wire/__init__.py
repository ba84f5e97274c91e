"""How each provider says it: requests out, answers in, with no I/O."""
