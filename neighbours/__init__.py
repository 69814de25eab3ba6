"""Other machines that may hang: how long one is waited for, by how many at once, and when it is not asked at all."""
