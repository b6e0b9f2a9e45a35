/** 'models.inFlight' -> 'SLOWTHINK_MODELS_IN_FLIGHT'. */
export const environmentName = (key: string): string =>
  `SLOWTHINK_${key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2').replaceAll('.', '_').toUpperCase()}`;
