using System.Globalization;

namespace ActorMemory.Vectors;

/// <summary>
/// Counts the features of a text in hashed places. Only ASCII is folded and told apart, and no function is used whose last bit depends on the machine: the
/// tables of Unicode and of mathematics change, these vectors do not.
/// </summary>
internal sealed class TextFeatures(int dimensions)
{
    private const double WordWeight = 1;
    private const double PairWeight = 0.5;
    private const double TrigramWeight = 0.25;
    private const double NumberWeight = 1;

    // Steps in which numbers are told apart, in doublings: 70 and 68 share places on all scales, 70 and 30 on the last only.
    private static readonly double[] s_steps = [0.125, 0.5, 2];

    private readonly double[] _places = new double[dimensions];

    internal void Read(string text)
    {
        ReadOnlySpan<char> rest = text, previous = default;
        while (Next(ref rest, out var token))
        {
            if (IsDigit(token[^1]) && !IsLetter(token[0]) && double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                AddNumber(previous, number);
                continue;
            }

            AddWord(token);
            if (!previous.IsEmpty)
                Add(new FeatureHash('p').With(previous).With(' ').With(token), PairWeight);
            previous = token;
        }
    }

    internal float[] ToUnitVector()
    {
        double sum = 0;
        foreach (var place in _places)
            sum += place * place;
        var length = Math.Sqrt(sum);
        return Array.ConvertAll(_places, place => length > 0 ? (float)(place / length) : 0);
    }

    private void AddWord(ReadOnlySpan<char> word)
    {
        Add(new FeatureHash('w').With(word), WordWeight);
        for (var i = -1; i + 1 < word.Length; i++)
            Add(new FeatureHash('t').With(i < 0 ? '^' : word[i]).With(word[i + 1]).With(i + 2 < word.Length ? word[i + 2] : '$'), TrigramWeight);
    }

    /// <summary>A number lies between two places on each scale, and counts for the nearer one more. The word before it tells what it is a number of.</summary>
    private void AddNumber(ReadOnlySpan<char> of, double number)
    {
        if (!double.IsFinite(number))
            return;
        var sign = Math.Sign(number);
        var magnitude = Doublings(Math.Abs(number));
        foreach (var step in s_steps)
        {
            var position = magnitude / step;
            var low = Math.Floor(position);
            var share = position - low;
            var feature = new FeatureHash('n').With(of).With((long)(step * 8)).With(sign);
            Add(feature.With((long)low), NumberWeight * (1 - share));
            Add(feature.With((long)low + 1), NumberWeight * share);
        }
    }

    private void Add(FeatureHash feature, double weight)
    {
        var hash = feature.Value;
        _places[(int)(hash % (ulong)dimensions)] += hash >> 63 == 0 ? weight : -weight;
    }

    /// <summary>A logarithm to the base 2, straight between powers of two: exact everywhere. Numbers below 2^-40 count as that.</summary>
    private static double Doublings(double number)
    {
        const double Least = 1.0 / (1L << 40);
        number = Math.Max(number, Least);
        var exponent = Math.ILogB(number);
        return exponent + Math.ScaleB(number, -exponent) - 1;
    }

    /// <summary>The next word or number: letters and digits, and in numbers a sign, a point, an exponent.</summary>
    private static bool Next(scoped ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> token)
    {
        var start = 0;
        while (start < rest.Length && !IsStart(rest, start))
            start++;
        var end = start + 1;
        if (start < rest.Length && IsLetter(rest[start]))
        {
            while (end < rest.Length && (IsLetter(rest[end]) || IsDigit(rest[end])))
                end++;
        }
        else
        {
            while (end < rest.Length && IsInNumber(rest, end))
                end++;
        }

        token = start < rest.Length ? rest[start..end] : default;
        rest = rest[Math.Min(end, rest.Length)..];
        return !token.IsEmpty;
    }

    private static bool IsStart(ReadOnlySpan<char> text, int at) =>
        IsLetter(text[at]) || IsDigit(text[at]) || (text[at] is '-' && at + 1 < text.Length && IsDigit(text[at + 1]) && (at == 0 || !IsLetter(text[at - 1])));

    private static bool IsInNumber(ReadOnlySpan<char> text, int at) =>
        IsDigit(text[at])
        || (text[at] == '.' && at + 1 < text.Length && IsDigit(text[at + 1]))
        || (text[at] is 'e' or 'E' && at + 1 < text.Length && (IsDigit(text[at + 1]) || (text[at + 1] is '-' or '+' && at + 2 < text.Length && IsDigit(text[at + 2]))))
        || (text[at] is '-' or '+' && text[at - 1] is 'e' or 'E');

    private static bool IsDigit(char c) => char.IsAsciiDigit(c);

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c >= 0x80;
}
