namespace ActorMemory.Portfolio;

/// <summary>What the weights of a portfolio can be told or asked.</summary>
internal abstract record WeightsCommand;

/// <summary>
/// Takes the next events of the book; answered with <see cref="BookFolded"/>, or, if others are next, with <see cref="FoldRefused"/>.
/// </summary>
/// <param name="Previous">The number of the event before them.</param>
/// <param name="Folds">The events, in order.</param>
internal sealed record FoldBook(long Previous, IReadOnlyList<BookFold> Folds) : WeightsCommand;

/// <summary>Asks how far the book was taken and for whom trades counted; answered with <see cref="WeightsProgress"/>.</summary>
internal sealed record GetWeightsProgress : WeightsCommand;

/// <summary>Asks for the weights of now; answered with a <see cref="WeightSet"/>.</summary>
internal sealed record GetWeights(WeightRule Rule) : WeightsCommand;

/// <summary>Asks for the latest sets of weights; answered with an array of <see cref="WeightSet"/>, newest first.</summary>
internal sealed record GetWeightHistory(WeightRule Rule, int Limit) : WeightsCommand;

/// <summary>Asks what trusting the evidence has cost; answered with a <see cref="WeightRegret"/>.</summary>
internal sealed record GetWeightRegret : WeightsCommand;

/// <summary>Asks what opinions come to; answered with a <see cref="Vote"/>.</summary>
internal sealed record GetVote(WeightRule Rule, IReadOnlyList<VoterOpinion> Opinions) : WeightsCommand;

/// <summary>What one provider says now.</summary>
internal sealed record VoterOpinion(string Provider, string? Action, double? Confidence, double? Amount);

/// <summary>The events were taken.</summary>
/// <param name="Cursor">The number of the last one.</param>
/// <param name="Published">The weights by each rule, if they moved.</param>
internal sealed record BookFolded(long Cursor, IReadOnlyList<WeightSet> Published);

/// <summary>The events were not taken: those after this number are next.</summary>
internal sealed record FoldRefused(long Cursor);

/// <summary>How far the book was taken.</summary>
/// <param name="Cursor">The number of the last event.</param>
/// <param name="Providers">All for whom a trade counted, ordered by name.</param>
internal sealed record WeightsProgress(long Cursor, IReadOnlyList<string> Providers);
