using System.Text.Json;
using ActorMemory.Node.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>Takes many outcomes, one after the other in their order, because each moves the weights with which the next ones are scored.</summary>
internal sealed class OutcomeIntake(IPortfolioMemory memory, PortfolioName portfolio, IRecordSource source)
{
    private readonly IntakeReport _report = new();

    /// <summary>Reads to the end, or until one cannot be recorded for a reason that is not its own.</summary>
    public async Task<IntakeReport> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                while (source.TryNext(out var text))
                {
                    if (!await TakeAsync(text, cancellationToken))
                        return _report;
                }
            }
            while (await source.FillAsync(cancellationToken));
        }
        catch (BodySyntaxException e)
        {
            _report.Cause = e;
        }

        return _report;
    }

    private async Task<bool> TakeAsync(RecordText text, CancellationToken cancellationToken)
    {
        try
        {
            if (text.IsTooLong)
                throw new JsonException("it is longer than an outcome may be.");

            var receipt = await OutcomeText.RecordAsync(memory, portfolio, PortfolioJson.Parse(text.Text), cancellationToken);
            if (receipt.IsNew)
                _report.Accepted++;
            else
                _report.Duplicates++;
        }
        catch (JsonException e)
        {
            _report.Rejected.Add(new LineFault(text.Number, FileText.Explain(e.Message)));
        }
        catch (PortfolioRejectedException e)
        {
            _report.AreAllSyntax = false;
            _report.Rejected.Add(new LineFault(text.Number, e.Message));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _report.Cause = e;
            _report.Failed.Add(new LineFault(text.Number, e.Message));
            _report.NextLine = text.Number + 1;
            return false;
        }

        return _report.Rejected.Count < RecordIntake.MaxRejected
            ? true
            : throw new BodySyntaxException($"more than {RecordIntake.MaxRejected} bad lines; reading stopped. Are these outcomes?");
    }
}
