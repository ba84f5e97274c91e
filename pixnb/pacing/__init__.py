"""When a service is asked and how much it is given: schedules of looks, what jobs took, places in flight."""
