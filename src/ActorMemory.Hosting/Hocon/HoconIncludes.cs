namespace ActorMemory.Hosting.Hocon;

/// <summary>Finds the files that a document includes, and refuses circles.</summary>
internal sealed class HoconIncludes
{
    // A name without extension stands for both, HOCON last, so that it overrides.
    static readonly string[] KnownExtensions = [".json", ".conf"];

    readonly List<string> _open = [];
    int _files;

    /// <summary>Parses the files that an include statement names, in order.</summary>
    /// <returns>Whether there was any.</returns>
    public bool Include(HoconText including, string name, HoconPosition position, Action<HoconText> parse)
    {
        var found = false;
        foreach (var path in Candidates(FullPath(including, name, position)))
        {
            if (_open.Contains(path))
                throw new HoconException(
                    position,
                    $"files include each other in a circle: {string.Join(" → ", _open.Append(path))}",
                    "Remove one of the includes");

            if (++_files > HoconLimits.Files)
                throw HoconLimits.TooManyFiles(position);

            if (HoconText.ReadIfExists(path, position) is not { } included)
                continue;

            found = true;
            Within(included, () => parse(included));
        }

        return found;
    }

    /// <summary>Parses a text, remembering its file for the circles that may lead back to it.</summary>
    public void Within(HoconText text, Action parse)
    {
        _open.Add(text.File ?? text.Origin);
        parse();
        _open.RemoveAt(_open.Count - 1);
    }

    static IEnumerable<string> Candidates(string path) =>
        Path.HasExtension(path) ? [path] : KnownExtensions.Select(extension => path + extension);

    static string FullPath(HoconText including, string name, HoconPosition position)
    {
        if (name.Length == 0 || name.Contains('\0'))
            throw new HoconException(
                position, "the name of the included file is empty or holds a NUL character", "Write include \"file.conf\"");

        if (name.Contains("://", StringComparison.Ordinal))
            throw new HoconException(position, $"'{name}' is a URL, and only files can be included", "Copy it next to this file");

        if (!Path.IsPathRooted(name) && including.File is null)
            throw new HoconException(
                position,
                $"'{name}' is relative, and this text is in no folder",
                "Include an absolute path, or load a file instead of a text");

        return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(including.File) ?? "", name));
    }
}
