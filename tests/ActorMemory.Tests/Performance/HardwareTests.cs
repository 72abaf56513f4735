using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance;

/// <summary>An audit on another machine must come to the same bits: the order of additions may not depend on the width of its vectors.</summary>
public sealed class HardwareTests
{
    private const string FileVariable = "ACTORMEMORY_STATISTICS_HASH_FILE";

    [Fact]
    public void Statistics_have_a_hash_that_can_be_written_down()
    {
        var hash = HashOfStatistics();

        if (Environment.GetEnvironmentVariable(FileVariable) is { } file)
            File.WriteAllText(file, hash);
        Assert.Equal(64, hash.Length);
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableAVX")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Statistics_have_the_same_bits_on_a_machine_without_these_instructions(string instructions)
    {
        var file = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    "exec", typeof(HardwareTests).Assembly.Location,
                    "-method", $"{typeof(HardwareTests).FullName}.{nameof(Statistics_have_a_hash_that_can_be_written_down)}",
                },
                Environment = { [instructions] = "0", [FileVariable] = file },
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet was not started.");
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.True(process.ExitCode == 0, output);
            Assert.Equal(HashOfStatistics(), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string HashOfStatistics()
    {
        var random = new Random(20260101);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        for (var round = 0; round < 400; round++)
        {
            var left = Series(random, round);
            var right = Series(random, left.Length);
            foreach (var convention in Enum.GetValues<Convention>())
            {
                var statistics = ReturnStatistics.Of(left, convention);
                var (correlation, _) = ReturnStatistics.Correlate(left, right, convention);
                foreach (var value in (double[])
                    [
                        statistics.Total, statistics.Mean, statistics.Sharpe, statistics.Sortino, statistics.MaxDrawdown, statistics.Volatility, correlation,
                    ])
                {
                    BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
                    hash.AppendData(bytes);
                }
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static double[] Series(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (random.NextDouble() - 0.48) / 30)];
}
