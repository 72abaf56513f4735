namespace ActorMemory.Node.Cli;

/// <summary>What a command ends with.</summary>
internal static class ExitCode
{
    /// <summary>It did what it was asked.</summary>
    public const int Ok = 0;

    /// <summary>It did not, or not all of it.</summary>
    public const int Failed = 1;

    /// <summary>It was not asked properly.</summary>
    public const int Usage = 2;
}
