// The part of jstat 1.9.6 that the intervals and tests use; it ships without types.
declare module 'jstat' {
  const jstat: {
    readonly normal: { inv(p: number, mean: number, deviation: number): number };
    readonly chisquare: { cdf(x: number, degrees: number): number };
  };
  export default jstat;
}
