namespace ActorMemory.Node.Http.Security;

/// <summary>What an endpoint needs of its caller: one of the rights it names.</summary>
[Flags]
internal enum Access
{
    /// <summary>Nothing is allowed.</summary>
    None = 0,

    /// <summary>Adding records.</summary>
    Append = 1,

    /// <summary>Asking for records and statistics.</summary>
    Query = 2,

    /// <summary>Checking and exporting the journal.</summary>
    Audit = 4,

    /// <summary>Pruning, backups, retention.</summary>
    Administer = 8,

    /// <summary>How the node is: every role.</summary>
    Status = 16,

    /// <summary>Everybody, without a key: only whether the node is alive.</summary>
    Open = 32,
}

/// <summary>Says what an endpoint needs. An endpoint without it is answered to nobody.</summary>
internal interface IAccessMetadata
{
    /// <summary>The caller needs one of these rights.</summary>
    Access Access { get; }
}

/// <summary>What an endpoint needs that has no <see cref="Operation"/>.</summary>
internal sealed record EndpointAccess(Access Access) : IAccessMetadata;

/// <summary>What the key of a caller is for. A key may have several roles.</summary>
internal enum ApiKeyRole
{
    /// <summary>Adds records and imports files.</summary>
    Writer,

    /// <summary>Asks.</summary>
    Reader,

    /// <summary>Asks, and checks and exports the journal.</summary>
    Auditor,

    /// <summary>Prunes, backs up and retains; adds nothing, so that nobody who can remove records can also make them.</summary>
    Admin,
}

/// <summary>The rights of the roles.</summary>
internal static class ApiKeyRoles
{
    /// <summary>Every role.</summary>
    public static IReadOnlyList<ApiKeyRole> All { get; } = Enum.GetValues<ApiKeyRole>();

    /// <summary>What a role may do.</summary>
    public static Access Rights(this ApiKeyRole role) => role switch
    {
        ApiKeyRole.Writer => Access.Status | Access.Append,
        ApiKeyRole.Reader => Access.Status | Access.Query,
        ApiKeyRole.Auditor => Access.Status | Access.Query | Access.Audit,
        ApiKeyRole.Admin => Access.Status | Access.Administer,
        _ => Access.None,
    };

    /// <summary>Its name in files, on the command line and in answers.</summary>
    public static string ToName(this ApiKeyRole role) => role switch
    {
        ApiKeyRole.Writer => "writer",
        ApiKeyRole.Reader => "reader",
        ApiKeyRole.Auditor => "auditor",
        _ => "admin",
    };

    /// <summary>The role of a name; null if there is none.</summary>
    public static ApiKeyRole? Parse(string name) => All.Cast<ApiKeyRole?>().FirstOrDefault(role => role?.ToName() == name);

    /// <summary>The names of the roles that may do one of these things.</summary>
    public static string Allowing(Access access) =>
        string.Join(" or ", All.Where(role => (role.Rights() & access) != 0).Select(static role => role.ToName()));
}
