package main

import "context"

func calls(ctx context.Context, c *client) {}
