package shop

// Größe: 𝄞 and ünïcode before the parameter.
func Save(größe JSON[Order], 𝄞x, meta JSON[Meta]) {}
