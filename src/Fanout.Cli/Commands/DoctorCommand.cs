using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Cli.Wiring;
using Fanout.Doctor;

namespace Fanout.Cli.Commands;

/// <summary><c>doctor</c>: what is wrong with a home, this process and its machine.</summary>
internal static class DoctorCommand
{
    private const int MostSeconds = 3_600;

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var seconds = new SecondsFlag("How long each of the home's databases may be looked at", 10, MostSeconds);
        var command = new CliCommand("doctor", "Look for what is wrong with a home, this machine, or a server, and say what to do.")
        {
            Synopsis = "[--seconds N] [--json]",
            Details = "It changes nothing, and works while other processes drive runs. Exit code 0: no problem was found, advice apart; 1: one was; 2 and 3 as ever: it could not look.",
            Examples =
            [
                ("--home /srv/fanout", "this machine and that home"),
                ("--server http://localhost:8430", "a server's process, and the home it serves; needs a key with the role admin"),
            ],
        };
        command.Add(new FlagGroup("Look", [seconds.Option]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => PrintAsync(context, seconds.Read(context)));
    }

    private static async Task<int> PrintAsync(CommandContext context, TimeSpan patience)
    {
        var report = await LookAsync(context, patience);
        if (context.Json)
            context.PrintJson(report);
        else
            context.Print(DoctorText.Format(report));
        return report.Well ? ExitCodes.Success : ExitCodes.ProblemsFound;
    }

    private static async Task<DoctorReport> LookAsync(CommandContext context, TimeSpan patience)
    {
        if (context.IsAtServer)
        {
            if (context.IsGiven("--seconds"))
                throw new UsageException("--seconds: a server says itself how long it looks. Leave it out.");
            await using var server = context.OpenServer();
            return await server.GetDoctorReportAsync(context.Stop);
        }

        return Diagnoses.Look(context.HomeOptions().Path, context.IsHomeNamed, patience, context.Environment, context.Stop);
    }
}
