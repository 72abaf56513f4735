using System.Globalization;
using ActorMemory.Node.Imports;
using ActorMemory.Node.Performance;
using Spectre.Console;

namespace ActorMemory.Node.Cli;

/// <summary>Shows how an import gets on, beside the output: a bar on a terminal, else a line every few seconds.</summary>
internal abstract class ImportDisplay(TextWriter error) : IImportObserver, IAsyncDisposable
{
    private const int MaxShown = 100;

    private long _rejected;

    /// <summary>The display that fits.</summary>
    public static ImportDisplay Create(CommandIo io, TimeProvider time) =>
        io.IsErrorTerminal ? new BarDisplay(io) : new LineDisplay(io.Error, time);

    /// <summary>Lines that were read in this run, per second.</summary>
    public static double RateOf(ImportReport report) =>
        report.Elapsed > TimeSpan.Zero ? (report.Lines - report.ResumedAfterLine) / report.Elapsed.TotalSeconds : 0;

    /// <inheritdoc/>
    public void Rejected(string file, LineFault fault)
    {
        if (_rejected++ < MaxShown)
            Tell(string.Create(CultureInfo.InvariantCulture, $"{file}:{fault.Line}: {fault.Error}"));
    }

    /// <inheritdoc/>
    public void Waiting(string file, string why) => Tell($"{file}: waiting: {why}");

    /// <inheritdoc/>
    public abstract void Progressed(ImportReport report, long bytes);

    /// <summary>The file is in.</summary>
    public void Finish(ImportReport report)
    {
        if (_rejected > MaxShown)
            Tell(string.Create(CultureInfo.InvariantCulture, $"{report.File}: {_rejected - MaxShown} more lines are no records."));
    }

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Writes a line that stays.</summary>
    protected virtual void Tell(string message) => error.WriteLine(message);

    private static string Describe(ImportReport report, long bytes)
    {
        var rate = RateOf(report);
        var share = report.Bytes > 0 ? bytes / (double)report.Bytes : 0;
        var left = share is > 0 and < 1 ? TimeSpan.FromSeconds(report.Elapsed.TotalSeconds * (1 - share) / share) : TimeSpan.Zero;
        return string.Create(
            CultureInfo.InvariantCulture, $"{report.Lines:N0} lines, {rate:N0}/s{(left > TimeSpan.Zero ? $", {left:mm\\:ss} left" : "")}");
    }

    private sealed class LineDisplay(TextWriter error, TimeProvider time) : ImportDisplay(error)
    {
        private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

        private long _shown = time.GetTimestamp();

        public override void Progressed(ImportReport report, long bytes)
        {
            if (time.GetElapsedTime(_shown) < s_pause)
                return;

            _shown = time.GetTimestamp();
            Tell($"{report.File}: {Describe(report, bytes)}");
        }
    }

    private sealed class BarDisplay : ImportDisplay
    {
        private readonly IAnsiConsole _console;
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<ProgressTask> _task = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task _shown;

        public BarDisplay(CommandIo io)
            : base(io.Error)
        {
            _console = io.ErrorConsole();
            _shown = _console.Progress()
                .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn())
                .StartAsync(async context =>
                {
                    _task.SetResult(context.AddTask("", maxValue: 1));
                    await _over.Task;
                });
        }

        public override void Progressed(ImportReport report, long bytes)
        {
            var task = _task.Task.GetAwaiter().GetResult();
            task.Value = report.Bytes > 0 ? bytes / (double)report.Bytes : 0;
            task.Description = Markup.Escape(Describe(report, bytes));
        }

        public override async ValueTask DisposeAsync()
        {
            _over.TrySetResult();
            await _shown;
            await base.DisposeAsync();
        }

        // The console moves the bar out of the way.
        protected override void Tell(string message) => _console.WriteLine(message);
    }
}
