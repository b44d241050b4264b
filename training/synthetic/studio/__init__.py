"""Pictures of pieces: cameras, light, a fast renderer, backgrounds and the sensor."""
