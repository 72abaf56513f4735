using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Performance;

namespace ActorMemory.Retention;

/// <summary>What the register of legal holds can be told or asked.</summary>
internal abstract record LegalHoldCommand;

/// <summary>Places a hold; answered with it, or with <see cref="LegalHoldRefused"/>.</summary>
internal sealed record PlaceHold(KeyFilter Keys, string Who, string Reason) : LegalHoldCommand;

/// <summary>Lifts a hold; answered with it, or with <see cref="LegalHoldRefused"/>.</summary>
internal sealed record LiftHold(long Number, string Who, string Reason) : LegalHoldCommand;

/// <summary>Asks for the holds that stand; answered with an array of them, in the order of their numbers.</summary>
internal sealed record GetHolds : LegalHoldCommand;

/// <summary>Nothing was changed.</summary>
internal sealed record LegalHoldRefused(string Message);

internal abstract record LegalHoldEvent;

/// <summary>A hold was placed.</summary>
internal sealed record HoldPlaced(LegalHold Hold) : LegalHoldEvent;

/// <summary>A hold was lifted.</summary>
internal sealed record HoldLifted(long Number, UnixNanoseconds At, string Who, string Reason) : LegalHoldEvent;

/// <summary>The holds that stand.</summary>
internal sealed class LegalHoldState
{
    private readonly SortedDictionary<long, LegalHold> _holds = [];

    public IReadOnlyCollection<LegalHold> Holds => _holds.Values;

    /// <summary>The number of the hold placed last; 0 for none.</summary>
    public long LastNumber { get; private set; }

    public LegalHold? Find(long number) => _holds.GetValueOrDefault(number);

    public void Add(LegalHold hold)
    {
        _holds[hold.Number] = hold;
        Count(hold.Number);
    }

    public void Remove(long number) => _holds.Remove(number);

    public void Count(long number) => LastNumber = Math.Max(LastNumber, number);
}

/// <summary>The register of legal holds: one entity, so that their numbers and their order are those of the journal.</summary>
internal sealed class LegalHoldBehavior : IEventSourcedBehavior<LegalHoldState, LegalHoldCommand, LegalHoldEvent>
{
    public const string PersistenceId = "legal-hold|register";

    private const int MaxHolds = 10_000;

    public LegalHoldState Create(string persistenceId) => new();

    public Decision<LegalHoldEvent> Decide(LegalHoldState state, LegalHoldCommand command, in CommandContext context) => command switch
    {
        PlaceHold place => Place(state, place, context),
        LiftHold lift => Lift(state, lift, context),
        GetHolds => Decision.Reply<LegalHoldEvent>(state.Holds.ToArray()),
        _ => throw new ArgumentException($"The register of legal holds does not know the command {command.GetType().Name}.", nameof(command)),
    };

    public void Apply(LegalHoldState state, LegalHoldEvent @event)
    {
        switch (@event)
        {
            case HoldPlaced placed:
                state.Add(placed.Hold);
                break;
            case HoldLifted lifted:
                state.Remove(lifted.Number);
                break;
            default:
                throw new ArgumentException($"The register of legal holds does not know the event {@event.GetType().Name}.", nameof(@event));
        }
    }

    public long SizeOf(LegalHoldState state) => 256 + (state.Holds.Count * 512L);

    private static Decision<LegalHoldEvent> Place(LegalHoldState state, PlaceHold place, in CommandContext context)
    {
        if (Fault(place.Who, place.Reason) is { } fault)
            return Refused(fault);
        if (place.Keys == KeyFilter.All)
            return Refused("a legal hold names keys: a strategy, the beginning of its name, a regime or a horizon.");
        if (state.Holds.Count >= MaxHolds)
            return Refused(string.Create(CultureInfo.InvariantCulture, $"{MaxHolds} legal holds stand already; lift those that are over."));
        var hold = new LegalHold(state.LastNumber + 1, new UnixNanoseconds(context.Now), place.Who, place.Reason, place.Keys);
        return Decision.Persist<LegalHoldEvent>(new HoldPlaced(hold), hold);
    }

    private static Decision<LegalHoldEvent> Lift(LegalHoldState state, LiftHold lift, in CommandContext context)
    {
        if (Fault(lift.Who, lift.Reason) is { } fault)
            return Refused(fault);
        return state.Find(lift.Number) is { } hold
            ? Decision.Persist<LegalHoldEvent>(new HoldLifted(lift.Number, new UnixNanoseconds(context.Now), lift.Who, lift.Reason), hold)
            : Refused(string.Create(CultureInfo.InvariantCulture, $"there is no legal hold {lift.Number}; 'hold list' shows those that stand."));
    }

    private static string? Fault(string who, string reason)
    {
        if (string.IsNullOrWhiteSpace(reason))
            return "reason: say why; it is kept for ever.";
        return reason.Length > LegalHold.MaxText || who.Length > LegalHold.MaxText
            ? string.Create(CultureInfo.InvariantCulture, $"reason and name have at most {LegalHold.MaxText} characters.")
            : null;
    }

    private static Decision<LegalHoldEvent> Refused(string message) => Decision.Reply<LegalHoldEvent>(new LegalHoldRefused(message));
}
