using Microsoft.Extensions.Configuration;

namespace ActorMemory.Hosting.Hocon;

/// <summary>A HOCON text as a source of configuration; it is read when the configuration is built.</summary>
internal sealed class HoconConfigurationSource(Func<HoconText?> read, Func<string, string?> environment) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new HoconConfigurationProvider(read, environment);
}
