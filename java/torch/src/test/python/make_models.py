"""Makes the small models of the tests. Run by hand (python make_models.py OUT); needs torch 2.10."""
import sys, torch, torch.nn as nn, torch.nn.functional as F
from typing import Optional
out=sys.argv[1]; torch.manual_seed(1)
class Traced(nn.Module):
    """Logits and lengths, both inputs wanted; traced, so that convolutions are aten::_convolution."""
    def __init__(self):
        super().__init__()
        self.conv=nn.Conv1d(1,8,10,stride=5,bias=False); self.norm=nn.LayerNorm(8)
        self.grouped=nn.Conv1d(8,8,3,padding=1,groups=2); self.act=nn.ReLU(inplace=True)
        self.out=nn.Linear(8,5)
    def forward(self,wavs,lens):
        x=self.conv(wavs.unsqueeze(1)); x=self.norm(x.transpose(1,2)).transpose(1,2)
        x=self.act(self.grouped(x)); return self.out(x.transpose(1,2)),lens
t=Traced().eval(); torch.jit.trace(t,(torch.randn(1,800),torch.ones(1))).save(out+'/traced.pt')
class Odd(nn.Module):
    """Layers in a branch, one called twice, one never, padding by name, a weight computed at run time."""
    def __init__(self):
        super().__init__()
        self.conv=nn.Conv1d(1,8,5,stride=2); self.same=nn.Conv1d(8,8,3,padding='same')
        self.twice=nn.Linear(8,8); self.branch=nn.Linear(8,8); self.unused=nn.Linear(8,8); self.head=nn.Linear(8,4)
        self.norm=nn.LayerNorm(8)
    def forward(self,wavs,loud:bool=True):
        x=torch.relu(self.same(self.conv(wavs.unsqueeze(1)))).transpose(1,2)
        x=self.twice(F.gelu(self.twice(self.norm(x))))
        if loud and wavs.shape[1]>10: x=x+self.branch(x)
        return torch.log_softmax(self.head(x),-1)
torch.jit.script(Odd().eval()).save(out+'/odd.pt')
class Writes(nn.Module):
    def forward(self,wavs): 
        torch.save(wavs,'stolen.bin'); return wavs
try: torch.jit.script(Writes()).save(out+'/writes.pt')
except Exception as e: print('writes',str(e)[:300])
class Reads(nn.Module):
    def forward(self,wavs): return wavs+torch.from_file('secret.bin',False,1)
try: torch.jit.script(Reads()).save(out+'/reads.pt')
except Exception as e: print('reads',str(e)[:300])
torch.save(t.state_dict(),out+'/state-dict.pt')
