namespace ActorMemory.Portfolio;

/// <summary>The Beta distribution: what is known of a probability after trials.</summary>
internal static class BetaDistribution
{
    private const double Tiny = 1e-300;

    /// <summary>
    /// The 95 % interval of a probability of which nothing was known before (Beta(1, 1)) after so many trials: its 2.5 and 97.5 % quantiles.
    /// </summary>
    internal static (double Low, double High) IntervalOf(long successes, long trials)
    {
        double a = successes + 1, b = trials - successes + 1;
        return (Quantile(a, b, 0.025), Quantile(a, b, 0.975));
    }

    /// <summary>The value below which the probability mass is p; to 1e-12, by bisection.</summary>
    internal static double Quantile(double a, double b, double p)
    {
        double low = 0, high = 1;
        var logBeta = LogGamma(a) + LogGamma(b) - LogGamma(a + b);
        for (var i = 0; i < 40; i++)
        {
            var middle = (low + high) / 2;
            if (Cumulative(a, b, middle, logBeta) < p)
                low = middle;
            else
                high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>The regularised incomplete beta function, by its continued fraction (Lentz), on the side where it converges fast.</summary>
    internal static double Cumulative(double a, double b, double x) => Cumulative(a, b, x, LogGamma(a) + LogGamma(b) - LogGamma(a + b));

    private static double Cumulative(double a, double b, double x, double logBeta)
    {
        if (x is <= 0 or >= 1)
            return x <= 0 ? 0 : 1;

        var front = Math.Exp((a * Math.Log(x)) + (b * Math.Log(1 - x)) - logBeta);
        return x < (a + 1) / (a + b + 2) ? front * Fraction(a, b, x) / a : 1 - (front * Fraction(b, a, 1 - x) / b);
    }

    private static double Fraction(double a, double b, double x)
    {
        var c = 1.0;
        var d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        var result = d;
        for (var m = 1; m <= 10_000; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            result *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            result *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-14)
                break;
        }

        return result;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    /// <summary>ln Γ(x) for x of at least 1: Stirling's series, after steps to where it is exact.</summary>
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 12; x++)
            shift -= Math.Log(x);

        var inverse = 1 / (x * x);
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI))
            + ((1.0 / 12 - (inverse * (1.0 / 360 - (inverse * (1.0 / 1260 - (inverse / 1680)))))) / x);
    }
}
