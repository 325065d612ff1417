using System.CommandLine;
using Fanout.Planning.Costs;

namespace Fanout.Cli.Parsing;

/// <summary><c>plan --target</c>, and what is said of the target.</summary>
internal sealed class TargetFlags
{
    private const string Azure = "azure";

    private readonly Option<string?> _target = new("--target")
    {
        Description = "Say too what it would take there, in time, calls, storage operations and money, beside what others would (default: do not)",
        HelpName = Azure,
    };

    private readonly Option<string?> _itemTime = new("--item-time")
    {
        Description = "How long the handler takes for one item (default: 100ms is assumed)",
        HelpName = "20ms",
    };

    private readonly Option<string?> _prices = new("--prices")
    {
        Description = "Read prices from a JSON file; those it lacks are the built-in ones",
        HelpName = "FILE",
    };

    public FlagGroup Group => new("What it would take elsewhere", [_target, _itemTime, _prices]);

    /// <summary>What was typed; null: no target.</summary>
    /// <exception cref="UsageException">It is no target, no duration or no prices, or there is no target that it belongs to.</exception>
    public AzureTarget? Read(CommandContext context)
    {
        var target = context.Parse.GetValue(_target);
        if (target is null)
        {
            foreach (var option in new[] { _itemTime, _prices }.Where(option => context.IsGiven(option.Name)))
                throw new UsageException($"{option.Name}: says something of a target, and there is none. Add --target {Azure}.");
            return null;
        }

        if (target != Azure)
            throw new UsageException($"--target: \"{target}\" is not a target; there is \"{Azure}\". Write --target {Azure}.");
        var prices = context.Parse.GetValue(_prices) is { } file ? PriceFile.Read(file, context.Environment.ProgramName) : PriceList.BuiltIn;
        return new AzureTarget(ItemTime(context), prices);
    }

    private TimeSpan? ItemTime(CommandContext context)
    {
        if (context.Parse.GetValue(_itemTime) is not { } text)
            return null;
        return context.Environment.Specs.TryReadDuration(text, out var time) && time >= TimeSpan.Zero && time <= AzureTarget.LongestItemTime
            ? time
            : throw new UsageException($"--item-time: \"{text}\" is not a duration from 0s to 24h. Write a number with its unit, such as 20ms.");
    }
}
