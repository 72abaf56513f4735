using System.Text.Json;

namespace ActorMemory.Benchmarks;

internal static class Report
{
    public static void Print(IReadOnlyList<Figure> figures)
    {
        foreach (var figure in figures)
        {
            var verdict = figure.Goal == Goal.None ? "" : figure.IsMet ? "ok" : "MISSED";
            Console.WriteLine(
                FormattableString.Invariant($"{figure.Name,-28} {figure.Value,14:N2} {figure.Unit,-10} {figure.TargetText,-14} {verdict,-6} {figure.Baseline}"));
        }
    }

    public static string Json(IEnumerable<Figure> figures) =>
        JsonSerializer.Serialize(figures.ToDictionary(figure => figure.Name, figure => Math.Round(figure.Value, 3)));
}
