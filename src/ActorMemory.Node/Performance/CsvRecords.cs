using System.Globalization;
using System.Text;
using ActorMemory.Node.Http;
using ActorMemory.Performance;
using CsvHelper;

namespace ActorMemory.Node.Performance;

/// <summary>The header of a CSV file of records is wrong: names the column.</summary>
internal sealed class CsvHeaderException(string message) : Exception(message);

/// <summary>
/// Reads records from rows of CSV whose header names the fields. An empty cell is null; NaN and infinities are written as data frames do
/// (NaN, nan, Infinity, inf, -inf), and so are booleans (true, True, 1).
/// </summary>
internal sealed class CsvRecords
{
    private static readonly CsvReaderOptions s_csv = new()
    {
        HasHeader = false,
        Separator = ',',
        AllowLineBreaksInQuotes = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private readonly int[] _fieldOfColumn;
    private readonly string?[] _cells = new string?[RecordFields.Names.Length];

    /// <summary>Reads the header.</summary>
    /// <exception cref="CsvHeaderException">A column is unknown, doubled or missing.</exception>
    public CsvRecords(ReadOnlyMemory<byte> header)
    {
        var names = Split(header) ?? throw new CsvHeaderException("the first line is not a header.");
        var seen = 0u;
        _fieldOfColumn = new int[names.Length];
        for (var column = 0; column < names.Length; column++)
        {
            var field = RecordFields.Find(Encoding.UTF8.GetBytes(names[column].Trim()), column);
            if (field < 0)
                throw new CsvHeaderException($"column {column + 1}: {RecordFields.Unknown(names[column].Trim())}");
            if ((seen & (1u << field)) != 0)
                throw new CsvHeaderException($"column {column + 1}: {RecordFields.Names[field]} is there twice; leave one out.");

            seen |= 1u << field;
            _fieldOfColumn[column] = field;
        }

        if (RecordFields.FirstMissing(seen) is { } missing)
            throw new CsvHeaderException($"{missing}: the column is missing, and every record must have it.");
    }

    /// <summary>Reads one row; null, and why, if it is no record.</summary>
    public PerformanceRecord? Parse(ReadOnlyMemory<byte> row, out RecordFault? fault)
    {
        fault = null;
        var cells = Split(row);
        if (cells is null || cells.Length != _fieldOfColumn.Length)
        {
            fault = new RecordFault(
                cells is null
                    ? "not CSV: a quote is where none may be, or one is missing; a cell with quotes or commas is written \"…\", a quote in it twice."
                    : $"the row has {cells.Length} columns, and the header has {_fieldOfColumn.Length}.",
                IsSyntax: true);
            return null;
        }

        for (var column = 0; column < cells.Length; column++)
            _cells[_fieldOfColumn[column]] = cells[column].Length == 0 ? null : cells[column];

        try
        {
            return ToRecord();
        }
        catch (FormatException e)
        {
            fault = new RecordFault(e.Message, IsSyntax: false);
            return null;
        }
    }

    private PerformanceRecord ToRecord()
    {
        // Of a text, empty is a value and not a missing one.
        var horizon = _cells[(int)RecordField.Horizon] ?? "";
        return new PerformanceRecord
        {
            RecordId = _cells[(int)RecordField.RecordId] is { } id ? RecordId.Parse(id) : default,
            Timestamp = TimestampText.TryRead(Encoding.UTF8.GetBytes(Text(RecordField.Timestamp)), out var time, out var fault)
                ? time
                : throw new FormatException($"timestamp: {fault}"),
            StrategyName = _cells[(int)RecordField.StrategyName] ?? "",
            Regime = _cells[(int)RecordField.Regime] ?? "",
            Horizon = horizon,
            HorizonIsNumber = long.TryParse(horizon, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number.ToString(CultureInfo.InvariantCulture) == horizon,
            Generation = Integer(RecordField.Generation) ?? throw Missing(RecordField.Generation),
            ReturnValue = Required(RecordField.ReturnValue),
            Drawdown = Required(RecordField.Drawdown),
            Volatility = Double(RecordField.Volatility),
            Win = Boolean(RecordField.Win),
            Prediction = Required(RecordField.Prediction),
            MetaPrediction = Double(RecordField.MetaPrediction),
            AllocationWeight = Required(RecordField.AllocationWeight),
            EnsembleReturn = Required(RecordField.EnsembleReturn),
            BanditReward = Required(RecordField.BanditReward),
            MetaLabel = Integer(RecordField.MetaLabel),
            WfoSharpe = Double(RecordField.WfoSharpe),
            RollingSharpe = Required(RecordField.RollingSharpe),
            RollingSortino = Required(RecordField.RollingSortino),
            RollingDrawdown = Required(RecordField.RollingDrawdown),
            RollingWinRate = Required(RecordField.RollingWinRate),
        };
    }

    private static string[]? Split(ReadOnlyMemory<byte> row)
    {
        try
        {
            using var reader = CsvReader.Create(row, s_csv);
            if (!reader.Read())
                return null;

            var cells = new string[reader.FieldCount];
            for (var column = 0; column < cells.Length; column++)
                cells[column] = reader.GetString(column);
            return cells;
        }
        catch (CsvFormatException)
        {
            return null;
        }
    }

    private string Text(RecordField field) => _cells[(int)field] ?? throw Missing(field);

    private double Required(RecordField field) => Double(field) ?? throw Missing(field);

    private double? Double(RecordField field) => _cells[(int)field] switch
    {
        null => null,
        "NaN" or "nan" => double.NaN,
        "Infinity" or "inf" => double.PositiveInfinity,
        "-Infinity" or "-inf" => double.NegativeInfinity,
        var cell => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Wrong(field, cell, "a number that a double can hold"),
    };

    private long? Integer(RecordField field) => _cells[(int)field] is not { } cell
        ? null
        : NumberText.TryReadInteger(Encoding.UTF8.GetBytes(cell), out var number)
            ? number
            : throw Wrong(field, cell, "a whole number of 64 bits");

    private bool Boolean(RecordField field) => Text(field) switch
    {
        "true" or "True" or "TRUE" or "1" => true,
        "false" or "False" or "FALSE" or "0" => false,
        var cell => throw Wrong(field, cell, "true or false"),
    };

    private static FormatException Missing(RecordField field) =>
        new($"{RecordFields.Names[(int)field]}: the cell is empty, and every record must have it.");

    private static FormatException Wrong(RecordField field, string cell, string expected) =>
        new($"{RecordFields.Names[(int)field]}: '{Query.Shown(cell)}' is not {expected}.");
}
