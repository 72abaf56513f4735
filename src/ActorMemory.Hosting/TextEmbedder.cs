using Microsoft.Extensions.AI;

namespace ActorMemory.Hosting;

/// <summary>What makes vectors of texts.</summary>
/// <param name="Model">What the model is called; vectors of different names are never compared.</param>
/// <param name="Generator">Asks the model.</param>
public sealed record TextEmbedder(string Model, IEmbeddingGenerator<string, Embedding<float>> Generator);
