using Fanout.Api;
using Fanout.Api.Answers;
using Fanout.Doctor;
using Fanout.Serialization;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Diagnosis;

/// <summary>Answers to what is wrong with this process and its home: one look at a time, as each reads the whole database.</summary>
/// <param name="look">Looks; null: nobody said how.</param>
internal sealed class DoctorAnswers(Func<CancellationToken, DoctorReport>? look)
{
    private int _underWay;

    public async Task<IResult> LookAsync(ApiCall call)
    {
        if (look is null)
            return Problem.Answer(StatusCodes.Status404NotFound, "This server does not look at itself.");
        if (Interlocked.Exchange(ref _underWay, 1) == 1)
            return Problem.Answer(StatusCodes.Status409Conflict, "Somebody is having this looked at already. Ask again in some seconds.");
        try
        {
            return TypedResults.Json(await Task.Run(() => look(call.Aborted), call.Aborted).ConfigureAwait(false), FanoutJson.Options);
        }
        finally
        {
            Interlocked.Exchange(ref _underWay, 0);
        }
    }
}
