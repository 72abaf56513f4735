using ActorMemory.Node.Http;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>What the portfolio memory refuses, as problems of HTTP and back.</summary>
internal static class PortfolioProblem
{
    public const string NotFoundCode = "portfolio_not_found";

    private const string InvalidCode = "portfolio_invalid";
    private const string ConflictCode = "portfolio_conflict";
    private const string EmbeddingCode = "embedding";
    private const int RetrySoon = 1;

    public static Problem Of(PortfolioRejectedException rejected) => rejected.Error switch
    {
        PortfolioError.Conflict => new Problem(StatusCodes.Status409Conflict, ConflictCode, rejected.Message),
        PortfolioError.NotFound => new Problem(StatusCodes.Status404NotFound, NotFoundCode, rejected.Message),
        PortfolioError.Embedding => new Problem(StatusCodes.Status503ServiceUnavailable, EmbeddingCode, rejected.Message, RetrySoon),
        _ => new Problem(StatusCodes.Status400BadRequest, InvalidCode, rejected.Message),
    };

    /// <summary>What a problem of another node is here; null if it is not of the portfolio memory.</summary>
    public static PortfolioRejectedException? Read(string code, string detail) => code switch
    {
        InvalidCode => new PortfolioRejectedException(PortfolioError.Invalid, detail),
        ConflictCode => new PortfolioRejectedException(PortfolioError.Conflict, detail),
        NotFoundCode => new PortfolioRejectedException(PortfolioError.NotFound, detail),
        EmbeddingCode => new PortfolioRejectedException(PortfolioError.Embedding, detail),
        _ => null,
    };
}
