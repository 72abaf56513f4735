using System.Text;
using System.Text.Json;
using ActorMemory.Node.Http;
using ActorMemory.Node.Performance;
using Spectre.Console;

namespace ActorMemory.Node.Cli;

/// <summary>What a command reads from and writes to.</summary>
/// <param name="Input">The standard input.</param>
/// <param name="Output">For results.</param>
/// <param name="Error">For errors and progress.</param>
/// <param name="IsOutputTerminal">Whether a person sees the output as it comes.</param>
/// <param name="IsErrorTerminal">Whether a person sees errors and progress as they come.</param>
internal sealed record CommandIo(Stream Input, TextWriter Output, TextWriter Error, bool IsOutputTerminal, bool IsErrorTerminal)
{
    private const int WidthWithoutTerminal = 160;

    /// <summary>Those of this process.</summary>
    public static CommandIo OfProcess()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new CommandIo(
            Console.OpenStandardInput(), Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
    }

    /// <summary>Writes one JSON value as a line.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Answer.Options))
            write(json);
        Output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>Writes an answer as JSON or as a table.</summary>
    public void Write(bool isJson, AnswerMoment? moment, Action<Utf8JsonWriter> json, Func<Table> table)
    {
        if (isJson)
        {
            WriteJson(json);
            return;
        }

        WriteMoment(moment);
        OutputConsole().Write(table());
    }

    /// <summary>Says which moment a table is about, unless it is about now.</summary>
    public void WriteMoment(AnswerMoment? moment)
    {
        if (moment is not null)
            Output.WriteLine($"  {moment}");
    }

    /// <summary>For tables on the output.</summary>
    public IAnsiConsole OutputConsole() => Create(Output, IsOutputTerminal);

    /// <summary>For progress beside the output.</summary>
    public IAnsiConsole ErrorConsole() => Create(Error, IsErrorTerminal);

    private static IAnsiConsole Create(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
            console.Profile.Width = WidthWithoutTerminal;
        return console;
    }
}
