using Microsoft.Extensions.Configuration;

namespace ActorMemory.Hosting.Hocon;

/// <summary>Adds HOCON to a configuration.</summary>
public static class HoconConfigurationExtensions
{
    /// <summary>Adds a HOCON file; keys become <c>a:b:c</c>, array elements <c>a:0</c>.</summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="path">The file, relative to the working directory or absolute. Its includes are relative to it.</param>
    /// <param name="optional">Whether the file may be missing.</param>
    /// <exception cref="FileNotFoundException">On building: the file does not exist and is not optional.</exception>
    /// <exception cref="HoconException">On building: the file is not HOCON, or not resolvable.</exception>
    public static IConfigurationBuilder AddHoconFile(this IConfigurationBuilder builder, string path, bool optional = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return builder.Add(new HoconConfigurationSource(Read, Environment.GetEnvironmentVariable));

        HoconText? Read()
        {
            var text = HoconText.ReadIfExists(path, new HoconPosition(path, 1, 1));
            return text is null && !optional
                ? throw new FileNotFoundException($"The configuration file '{Path.GetFullPath(path)}' does not exist.", path)
                : text;
        }
    }

    /// <summary>Adds a HOCON text; keys become <c>a:b:c</c>, array elements <c>a:0</c>.</summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="text">The text. It is in no folder: it can include absolute paths only.</param>
    /// <param name="originName">What error messages call the text.</param>
    /// <exception cref="HoconException">On building: the text is not HOCON, or not resolvable.</exception>
    public static IConfigurationBuilder AddHoconString(this IConfigurationBuilder builder, string text, string originName) =>
        builder.Add(new HoconConfigurationSource(
            () => new HoconText(originName, File: null, text), Environment.GetEnvironmentVariable));
}
