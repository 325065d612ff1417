using System.CommandLine;
using Fanout.Api;
using Fanout.Cli.Parsing;
using Fanout.Server;
using Fanout.Server.Security;

namespace Fanout.Cli.Commands;

/// <summary><c>key</c>: the keys that requests to a home's server show.</summary>
internal static class KeyCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var command = new CliCommand("key", "Make, list and revoke the keys that requests to the server show.")
        {
            Synopsis = "add|list|revoke",
            Details = "Once a home has a key, its server takes no request without one. Servers notice a change within a second.",
        };
        command.Add(flags.Group());
        return new CommandDefinition(command, context =>
            throw new UsageException($"key: what to do is missing. Give add, list or revoke. See {context.Environment.ProgramName} key --help"))
        {
            Subcommands = [CreateAdd(flags), CreateList(flags), CreateRevoke(flags)],
        };
    }

    private static CommandDefinition CreateAdd(GeneralFlags flags)
    {
        var name = CreateName();
        var role = new Option<string?>("--role")
        {
            Description = "What it may do: read (look at runs), operate (start and change them too), admin (whatever else there is)",
            HelpName = "read|operate|admin",
        };
        var command = new CliCommand("add", "Make a key. It is printed once, and kept nowhere: only what it hashes to is.")
        {
            Synopsis = "NAME --role read|operate|admin",
            Examples = [("ci --role operate", "then: curl -H \"Authorization: Bearer KEY\" …")],
        };
        command.Arguments.Add(name);
        command.Add(new FlagGroup("Key", [role]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => Guarded(() =>
        {
            var text = KeysOf(context).Add(context.Parse.GetValue(name)!, ReadRole(context.Parse.GetValue(role)), context.Environment.Time);
            if (context.Json)
                context.PrintJson(new { name = context.Parse.GetValue(name), key = text });
            else
                context.Print(text);
        }));
    }

    private static CommandDefinition CreateList(GeneralFlags flags)
    {
        var command = new CliCommand("list", "List the keys: what they are called and may do, and when they were made.") { Synopsis = "[--json]" };
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => Guarded(() =>
        {
            var keys = KeysOf(context).Read();
            if (context.Json)
                context.PrintJson(keys.Select(key => new { key.Name, Role = Word(key.Role), key.CreatedAt }));
            else if (keys.Count == 0)
                context.Print("No keys.");
            foreach (var key in context.Json ? [] : keys)
                context.Print($"{key.Name}  {Word(key.Role)}  {key.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");
        }));
    }

    private static CommandDefinition CreateRevoke(GeneralFlags flags)
    {
        var name = CreateName();
        var command = new CliCommand("revoke", "Remove a key: requests that show it are refused.") { Synopsis = "NAME", Examples = [("ci", "that key")] };
        command.Arguments.Add(name);
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => Guarded(() =>
        {
            KeysOf(context).Revoke(context.Parse.GetValue(name)!);
            if (context.Json)
                context.PrintJson(new { revoked = context.Parse.GetValue(name) });
            else
                context.Print($"Key {context.Parse.GetValue(name)} is revoked.");
        }));
    }

    private static Argument<string?> CreateName() => new("NAME") { HelpName = "NAME", Description = "The key's name", Arity = ArgumentArity.ExactlyOne };

    private static KeyFile KeysOf(CommandContext context) => new(context.OwnHomeOptions().Path);

    private static string Word(ApiRole role) => role.ToString().ToLowerInvariant();

    private static ApiRole ReadRole(string? text) => text switch
    {
        "read" => ApiRole.Read,
        "operate" => ApiRole.Operate,
        "admin" => ApiRole.Admin,
        null => throw new UsageException("--role: is missing. Give read, operate or admin."),
        _ => throw new UsageException($"--role: \"{text}\" is none. Give read, operate or admin."),
    };

    private static Task<int> Guarded(Action act)
    {
        try
        {
            act();
            return Task.FromResult(ExitCodes.Success);
        }
        catch (ServerException refused)
        {
            throw new UsageException($"key: {refused.Message}");
        }
    }
}
