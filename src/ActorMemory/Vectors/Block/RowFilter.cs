namespace ActorMemory.Vectors;

/// <summary>A filter made ready for the rows of a block: texts have become numbers.</summary>
internal readonly ref struct RowFilter
{
    private readonly bool[] _assetPairs;
    private readonly bool[] _regimes;
    private readonly bool[] _providers;
    private readonly ReadOnlySpan<int> _assetPairCodes;
    private readonly ReadOnlySpan<int> _regimeCodes;
    private readonly ReadOnlySpan<int> _providerCodes;
    private readonly ReadOnlySpan<sbyte> _outcomes;
    private readonly ReadOnlySpan<long> _moments;
    private readonly int _outcome;
    private readonly long _from;
    private readonly long? _until;
    private readonly bool _isAll;

    internal RowFilter(VectorBlock block, VectorFilter filter)
    {
        _assetPairs = block.AssetPairs.Matching(filter.AssetPair);
        _regimes = block.Regimes.Matching(filter.Regime);
        _providers = block.Providers.Matching(filter.Provider);
        _assetPairCodes = block.AssetPairs.Codes;
        _regimeCodes = block.Regimes.Codes;
        _providerCodes = block.Providers.Codes;
        _outcomes = block.Outcomes;
        _moments = block.Moments;
        _outcome = filter.WasProfitable switch { true => 1, false => 0, null => -1 };
        _from = filter.From?.Value ?? long.MinValue;
        _until = filter.Until?.Value;
        _isAll = filter == VectorFilter.All;
    }

    internal bool Passes(int row) => _isAll || PassesAll(row);

    private bool PassesAll(int row) =>
        (_assetPairs.Length == 0 || _assetPairs[_assetPairCodes[row]])
        && (_regimes.Length == 0 || _regimes[_regimeCodes[row]])
        && (_providers.Length == 0 || _providers[_providerCodes[row]])
        && (_outcome < 0 || _outcomes[row] == _outcome)
        && _moments[row] >= _from
        && (_until is not { } until || _moments[row] < until);
}
