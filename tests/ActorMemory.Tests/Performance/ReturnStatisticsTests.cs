using ActorMemory.Performance;
using ActorMemory.Tests.Performance.Reference;

namespace ActorMemory.Tests.Performance;

public sealed class ReturnStatisticsTests
{
    [Fact]
    public void A_constant_series_has_no_spread_and_no_sharpe_ratio()
    {
        for (var n = 2; n < 300; n++)
            foreach (var constant in new[] { 0.1, -0.1, 0.07, 1e-300, -3.3e200, 5e-324 })
            {
                var statistics = Of(Enumerable.Repeat(constant, n).ToArray());

                Assert.Equal((0.0, 0.0, constant), (statistics.Sharpe, statistics.Volatility, statistics.Mean));
            }
    }

    [Fact]
    public void The_spread_of_neighbouring_numbers_is_right_although_their_mean_is_no_double()
    {
        var ulp = Math.BitIncrement(0.1) - 0.1;

        Assert.Equal(ulp / Math.Sqrt(2), Of([0.1, 0.1 + ulp]).Volatility, 1e-6 * ulp);
        Assert.Equal(ulp / Math.Sqrt(2), Of([0.1 + ulp, 0.1 + 2 * ulp]).Volatility, 1e-6 * ulp);
    }

    [Theory]
    [InlineData(new[] { -0.5, 0.0 }, -0.5)]
    [InlineData(new[] { -0.5, 1.0, 0.5 }, -0.5)]
    [InlineData(new[] { 0.1, -0.1, -0.1 }, -0.19)]
    [InlineData(new[] { 0.1, 0.2, 0.3 }, 0.0)]
    [InlineData(new[] { -1.0, 5.0 }, -1.0)]
    [InlineData(new[] { 0.1, -1.5, 0.1 }, -1.0)]
    [InlineData(new[] { -2.0, -2.0 }, -1.0)]
    [InlineData(new[] { -0.5 }, 0.0)]
    public void Drawdown_counts_from_the_capital_before_the_first_period(double[] returns, double drawdown) =>
        Assert.Equal(drawdown, Of(returns).MaxDrawdown, 1e-15);

    [Fact]
    public void Drawdown_is_right_where_the_capital_itself_has_no_double()
    {
        // Capital goes to 2^3000, falls to a quarter of it, and on to 2^-1000.
        double[] returns = [.. Enumerable.Repeat(1.0, 3000), -0.5, -0.5, .. Enumerable.Repeat(1.0, 50)];
        Assert.Equal(-0.75, Of(returns).MaxDrawdown, 1e-15);

        double[] ruin = [.. Enumerable.Repeat(1.0, 3000), .. Enumerable.Repeat(-0.5, 4000)];
        Assert.Equal(-1.0, Of(ruin).MaxDrawdown);
    }

    [Fact]
    public void Sortino_divides_by_the_deviation_of_the_losses_from_zero()
    {
        // mean 0.005, downside deviation sqrt((0.02^2 + 0.01^2) / 4)
        Assert.Equal(0.005 / Math.Sqrt(0.0005 / 4), Of([0.03, -0.02, 0.02, -0.01]).Sortino, 1e-14);
        Assert.Equal(-1.0, Of([-0.1, -0.1, -0.1]).Sortino, 1e-14);
    }

    [Theory]
    [InlineData(new[] { 0.01, 0.02 }, 10.0)]
    [InlineData(new[] { 0.01, 0.01 }, 10.0)]
    [InlineData(new[] { 0.0, 0.0, 1e-9 }, 10.0)]
    [InlineData(new[] { 0.0, 0.0 }, 0.0)]
    [InlineData(new[] { 0.5 }, 0.0)]
    [InlineData(new[] { 1.0, -1e-9 }, 10.0)]
    public void Sortino_without_a_loss_is_the_bound_that_it_tends_to(double[] returns, double sortino) =>
        Assert.Equal(sortino, Of(returns).Sortino);

    [Fact]
    public void Non_finite_returns_are_left_out_of_everything_and_counted()
    {
        double[] finite = [0.02, -0.01, 0.03, -0.02, 0.005];
        double[] dirty = [double.NaN, 0.02, -0.01, double.PositiveInfinity, 0.03, -0.02, double.NegativeInfinity, 0.005, double.NaN];

        Assert.Equal(Of(finite) with { NonFinite = 4 }, Of(dirty));
    }

    [Fact]
    public void No_returns_and_only_non_finite_ones_have_no_statistics()
    {
        Assert.Equal(default, Of([]));
        Assert.Equal(default(ReturnStatistics) with { NonFinite = 3 }, Of([double.NaN, double.PositiveInfinity, double.NaN]));
        Assert.Equal(default(ReturnStatistics) with { Total = 0.5, Mean = 0.5 }, Of([0.5]));
    }

    /// <summary>Every length around the widths and run lengths of the vector code, and every magnitude that a double has.</summary>
    [Fact]
    public void Statistics_are_those_of_320_bit_arithmetic_for_any_series()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var trial = 0; trial < 1500; trial++)
        {
            var scale = Math.ScaleB(1.0, random.Next(4) == 0 ? random.Next(-1060, 1010) : -6);
            var shift = random.Next(3) * 0.5;
            var dirt = random.Next(4) == 0 ? 0.1 : 0.0;
            var returns = new double[random.Next(trial < 1000 ? 140 : 700)];
            foreach (ref var value in returns.AsSpan())
                value = random.NextDouble() < dirt ? double.NaN : (random.NextDouble() - shift) * scale;

            var expected = new ReferenceStatistics(returns);
            var actual = Of(returns);

            var sumOfMagnitudes = returns.Where(double.IsFinite).Sum(x => Math.Abs(x) / 1e3) * 1e3;
            var n = Math.Max(returns.Count(double.IsFinite), 1);
            Close(expected.Total, actual.Total, 1e-14 * sumOfMagnitudes, "total");
            Close(expected.Mean, actual.Mean, 1e-14 * sumOfMagnitudes / n, "mean");
            Close(expected.Volatility, actual.Volatility, 0.0, "volatility");
            Close(expected.Sharpe, actual.Sharpe, 1e-13, "sharpe");
            Close(expected.Sortino, actual.Sortino, 1e-13, "sortino");
            Close(expected.MaxDrawdown, actual.MaxDrawdown, 1e-13, "drawdown");

            void Close(double wanted, double got, double absolute, string what) => Assert.True(
                wanted == got || Math.Abs(wanted - got) <= Math.Max(absolute, 1e-12 * Math.Abs(wanted)) + 1e-322,
                FormattableString.Invariant($"seed {seed}, trial {trial}, {returns.Length} returns: {what} {got:R} instead of {wanted:R}"));
        }
    }

    [Fact]
    public void Correlation_is_that_of_320_bit_arithmetic_for_any_two_series()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var trial = 0; trial < 400; trial++)
        {
            var n = random.Next(60);
            var (leftScale, rightScale) = (Scale(), Scale());
            var common = random.NextDouble();
            var (left, right) = (new double[n], new double[n]);
            for (var i = 0; i < n; i++)
            {
                var shared = random.NextDouble() - 0.5;
                left[i] = random.Next(20) == 0 ? double.NaN : leftScale * (common * shared + random.NextDouble());
                right[i] = random.Next(20) == 0 ? double.NegativeInfinity : rightScale * (common * shared - random.NextDouble());
            }

            var (correlation, leftOut) = ReturnStatistics.Correlate(left, right, Convention.ActorMemory);

            Assert.True(
                Math.Abs(ReferenceStatistics.Correlation(left, right) - correlation) <= 1e-11,
                FormattableString.Invariant($"seed {seed}, trial {trial}: {correlation:R} for {n} pairs"));
            Assert.Equal(left.Zip(right).Count(pair => !double.IsFinite(pair.First) || !double.IsFinite(pair.Second)), leftOut);
        }

        double Scale() => random.Next(3) == 0 ? Math.ScaleB(1.0, random.Next(-900, 900)) : 0.01;
    }

    [Fact]
    public void A_constant_series_correlates_with_nothing()
    {
        double[] rising = Enumerable.Range(0, 37).Select(i => i * 0.1).ToArray();
        double[] constant = Enumerable.Repeat(0.1, 37).ToArray();

        Assert.Equal((0.0, 0), ReturnStatistics.Correlate(rising, constant, Convention.ActorMemory));
        Assert.Equal((0.0, 0), ReturnStatistics.Correlate(constant, rising, Convention.ActorMemory));
        Assert.Equal(1.0, ReturnStatistics.Correlate(rising, rising, Convention.ActorMemory).Correlation, 1e-15);
    }

    [Fact]
    public void Conventions_are_known_by_their_names()
    {
        foreach (var convention in Enum.GetValues<Convention>())
        {
            Assert.True(ConventionName.TryParse(convention.ToName(), out var parsed));
            Assert.Equal(convention, parsed);
        }

        Assert.False(ConventionName.TryParse("ActorMemory", out _));
    }

    private static ReturnStatistics Of(double[] returns) => ReturnStatistics.Of(returns, Convention.ActorMemory);
}
